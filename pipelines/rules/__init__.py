"""Line rules as data, a TOML file a language; every rule applies to every page."""
