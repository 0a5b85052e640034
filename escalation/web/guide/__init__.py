"""Pages of the guide: "Vart lyfter jag detta?", open to the public, before a case is filed."""
