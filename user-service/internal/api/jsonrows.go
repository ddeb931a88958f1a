package api

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"

	"gatehouse/internal/fault"
	"gatehouse/user-service/internal/user"
)

// jsonRows reads an array of rows twice: once to see that all of it can be read and how many rows there are, and then row by
// row, so that there is never more than one of them in memory beside the body.
func jsonRows(body []byte) (rows iter.Seq[user.Row], total int, err error) {
	err = elements(body, func(json.RawMessage) bool {
		total++
		return true
	})
	return func(yield func(user.Row) bool) {
		elements(body, func(raw json.RawMessage) bool { return yield(jsonRow(raw)) })
	}, total, err
}

// elements calls use for each element of an array, until it returns false.
func elements(body []byte, use func(json.RawMessage) bool) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := openArray(decoder); err != nil {
		return err
	}
	var raw json.RawMessage
	for decoder.More() {
		if err := decoder.Decode(&raw); err != nil {
			return notJSON()
		}
		if !use(raw) {
			return nil
		}
	}
	if _, err := decoder.Token(); err != nil {
		return notJSON()
	}
	if _, err := decoder.Token(); err != io.EOF {
		return notJSON()
	}
	return nil
}

// openArray passes over the bracket. What says nothing at all is told apart from what is no array.
func openArray(decoder *json.Decoder) error {
	first, err := decoder.Token()
	switch {
	case err == io.EOF, err == nil && first == nil, first == json.Delim('{') && !decoder.More():
		return fault.New(fault.Invalid, "Please provide user details")
	case err != nil:
		return notJSON()
	case first != json.Delim('['):
		return fault.New(fault.Invalid, "The request body is of the wrong type.")
	}
	return nil
}

func notJSON() error {
	return fault.New(fault.Invalid, "The request body is not valid JSON.") // the error would put a bit of it into the log
}

// jsonRow reads one row; one that cannot be read is refused by itself.
func jsonRow(raw json.RawMessage) (row user.Row) {
	if err := json.Unmarshal(raw, &row); err != nil {
		row.Err = fault.New(fault.Invalid, "User details are of the wrong type")
	}
	return row
}
