"""Tools around the suite: what it costs, how steady it is, what the machine provides, what defects break."""
