"""What runs inside a worker: standard library only, Python 3.9 or newer, started by file path.

Nothing here may import the rest of mage_jlab: the interpreter that runs it need not have it.
"""
