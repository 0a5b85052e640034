"""What tests share: databases, the application, a browser, people, cases."""
