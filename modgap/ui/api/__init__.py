"""The app for programs: endpoints of its HTTP API, and tools for language models (MCP)."""
