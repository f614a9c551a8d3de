package dev.latchkey.platform.db;

/** The event that the database has the schema of this version; features observe it to load their state. */
public record SchemaReady() {}
