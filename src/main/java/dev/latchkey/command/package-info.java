/** What an operator tells the program by its arguments: the commands, their words and their exit codes. */
@NullMarked
package dev.latchkey.command;

import org.jspecify.annotations.NullMarked;
