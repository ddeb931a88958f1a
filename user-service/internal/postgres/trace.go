package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/XSAM/otelsql"
	"go.opentelemetry.io/otel/attribute"

	"gatehouse/internal/tracing"
)

// openPool has the database's part in a request told, where there is somebody to tell. A statement is told as it stands in
// the source, with numbers in the place of values: every value is an argument, and arguments are not told.
func openPool(connector driver.Connector) *sql.DB {
	if !tracing.On() {
		return sql.OpenDB(connector)
	}
	return otelsql.OpenDB(connector,
		otelsql.WithTracerProvider(tracing.Provider()),
		otelsql.WithAttributes(attribute.String("db.system.name", "postgresql")),
		otelsql.WithSpanNameFormatter(func(_ context.Context, method otelsql.Method, _ string) string {
			return "postgresql " + string(method)
		}),
		otelsql.WithSpanOptions(otelsql.SpanOptions{
			OmitConnResetSession: true, OmitConnPrepare: true, OmitRows: true, DisableErrSkip: true,
			RecordError: func(error) bool { return false }, // PostgreSQL puts values into its messages
			SpanFilter: func(ctx context.Context, _ otelsql.Method, _ string, _ []driver.NamedValue) bool {
				return tracing.Traced(ctx)
			},
		}),
	)
}
