package api

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strings"

	"gatehouse/internal/fault"
	"gatehouse/user-service/internal/user"
)

const csvType = "text/csv" // RFC 4180, with a header

// byteOrderMark begins the files of some spreadsheets.
const byteOrderMark = "\ufeff"

// columns are what a header may name. Others are ignored.
var columns = map[string]func(*user.Row) *string{
	"name":          func(r *user.Row) *string { return &r.Name },
	"uid":           func(r *user.Row) *string { return &r.UID },
	"password":      func(r *user.Row) *string { return &r.Password },
	"password_hash": func(r *user.Row) *string { return &r.Hash },
	"email":         func(r *user.Row) *string { return &r.Email },
	"role":          func(r *user.Row) *string { return &r.Role },
}

// csvRows reads a table twice, as jsonRows does.
func csvRows(body []byte) (rows iter.Seq[user.Row], total int, err error) {
	err = records(body, func([]string, []string) bool {
		total++
		return true
	})
	return func(yield func(user.Row) bool) {
		records(body, func(header, record []string) bool { return yield(csvRow(header, record)) })
	}, total, err
}

// records calls use with the header and each record behind it, until it returns false.
func records(body []byte, use func(header, record []string) bool) error {
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte(byteOrderMark))))
	reader.FieldsPerRecord = -1 // a row that is too short or too long is refused by itself
	header, err := reader.Read()
	if err == nil {
		err = checkHeader(header)
	}
	if err == io.EOF {
		return fault.New(fault.Invalid, "Please provide user details")
	}
	reader.ReuseRecord = true
	for err == nil {
		var record []string
		if record, err = reader.Read(); err == nil && !use(header, record) {
			return nil
		}
	}
	return notCSV(err)
}

func notCSV(err error) error {
	var mistake *csv.ParseError
	switch {
	case err == io.EOF:
		return nil
	case errors.As(err, &mistake):
		return fault.New(fault.Invalid, "The CSV file cannot be read from line %d on: its quotes do not match.", mistake.StartLine)
	}
	return err
}

// checkHeader wants the columns without which there is no account, and none of ours twice. It leaves the names as they are
// looked for.
func checkHeader(header []string) error {
	seen := make(map[string]bool, len(columns))
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if columns[name] != nil && seen[name] {
			return fault.New(fault.Invalid, "The CSV file has the column %s twice.", name)
		}
		header[i], seen[name] = name, true
	}
	if !seen["name"] || !seen["uid"] {
		return fault.New(fault.Invalid,
			"The first line of the CSV file must name its columns, with commas; name and uid among them.")
	}
	return nil
}

func csvRow(header, record []string) (row user.Row) {
	for i, value := range record[:min(len(record), len(header))] {
		if member := columns[header[i]]; member != nil {
			*member(&row) = value
		}
	}
	if len(record) != len(header) {
		row.Err = fault.New(fault.Invalid, "The row has %d fields, the header %d", len(record), len(header))
	}
	return row
}
