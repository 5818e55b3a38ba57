"""The views of the licensing desk's API, one module a story. They translate; services decide."""
