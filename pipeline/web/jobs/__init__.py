"""Work that goes on behind the pages, each in a process of its own."""
