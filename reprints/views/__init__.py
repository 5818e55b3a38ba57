"""The requester's pages, one module a story. They translate between HTTP and the services, and decide nothing."""
