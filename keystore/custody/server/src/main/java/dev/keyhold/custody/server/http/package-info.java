/** The wire of the custodian (docs/CUSTODY-WIRE.md): TLS, identities, limits, JSON. */
package dev.keyhold.custody.server.http;
