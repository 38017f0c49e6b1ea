"""Every use case once; the HTTP surface, the command line and the magics call these."""
