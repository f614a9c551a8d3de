package dev.latchkey.platform.db;

/** Is fired once the database has the schema that this version was written for; features observe it to load their state. */
public record SchemaReady() {}
