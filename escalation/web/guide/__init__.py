"""Pages of the guide: "Vart lyfter jag detta?", for everybody, before anybody files."""
