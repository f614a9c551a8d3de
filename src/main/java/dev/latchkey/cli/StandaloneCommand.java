package dev.latchkey.cli;

/** One thing to do that needs nothing of the service: no settings, no database, no framework; a laptop is enough. */
public sealed interface StandaloneCommand permits GateCommand.Check {}
