"""The independent verifier of custodian logs, written from docs/AUDIT.md alone.

Each module implements the sections of AUDIT.md that its comment names. Run it by keyhold_audit.py.
"""
