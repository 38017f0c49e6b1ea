"""Charts by configuration: aggregates of a frame as Vega-Lite specifications."""
