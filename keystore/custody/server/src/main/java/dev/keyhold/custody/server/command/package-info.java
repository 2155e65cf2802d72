/** The command line of the custodian, and what a developer's custodian is made of. */
package dev.keyhold.custody.server.command;
