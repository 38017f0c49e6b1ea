"""The words of mage_jlab and their rules, pure: no disk, clock, network or Jupyter."""
