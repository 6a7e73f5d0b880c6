// The session database: writer, reader and their types. Schema for SQL users: docs/session-schema.md.
#pragma once

#include "core/session/session_reader.h"
#include "core/session/session_types.h"
#include "core/session/session_writer.h"
