package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/internal/fault"
	"gatehouse/user-service/internal/user"
)

// value is a member of a row that CSV can hold: it makes \n of \r\n.
var value = rapid.StringOf(rapid.RuneFrom([]rune("aZé李,;\"' \n\t👩‍🚀$:0")))

var anyRow = rapid.Custom(func(t *rapid.T) user.Row {
	return user.Row{
		Details: user.Details{Name: value.Draw(t, "name"), UID: value.Draw(t, "uid"), Password: value.Draw(t, "password"),
			Email: value.Draw(t, "email"), Role: value.Draw(t, "role")},
		Hash: value.Draw(t, "hash"),
	}
})

func members(r user.Row) map[string]string {
	return map[string]string{"name": r.Name, "uid": r.UID, "password": r.Password, "password_hash": r.Hash, "email": r.Email,
		"role": r.Role, "colour": "red, \"or\"\nblue"}
}

// TestCSVAndJSONSayTheSame: the rows that were written are read, whatever is in them, from either form.
func TestCSVAndJSONSayTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(anyRow, 1, 5).Draw(t, "rows")
		header := rapid.Permutation([]string{"name", " UID", "Password", "password_hash", "email", "role ", "colour", "colour"}).Draw(t, "header")
		var table bytes.Buffer
		table.WriteString(rapid.SampledFrom([]string{"", byteOrderMark}).Draw(t, "mark"))
		lines := csv.NewWriter(&table)
		lines.UseCRLF = rapid.Bool().Draw(t, "crlf")
		lines.Write(header)
		array := make([]map[string]string, len(rows))
		for i, row := range rows {
			array[i] = members(row)
			record := make([]string, len(header))
			for n, name := range header {
				record[n] = array[i][strings.ToLower(strings.TrimSpace(name))]
			}
			lines.Write(record)
		}
		lines.Flush()
		text, err := json.Marshal(array)
		if err != nil {
			t.Fatal(err)
		}
		fromCSV, csvTotal, csvErr := csvRows(table.Bytes())
		fromJSON, jsonTotal, jsonErr := jsonRows(text)
		if csvErr != nil || jsonErr != nil || csvTotal != len(rows) || jsonTotal != len(rows) {
			t.Fatalf("%d rows, %v; %d rows, %v", csvTotal, csvErr, jsonTotal, jsonErr)
		}
		if got := slices.Collect(fromCSV); !slices.Equal(got, rows) {
			t.Fatalf("CSV: %+v, want %+v", got, rows)
		}
		if got := slices.Collect(fromJSON); !slices.Equal(got, rows) {
			t.Fatalf("JSON: %+v, want %+v", got, rows)
		}
	})
}

func TestCSVThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "Please provide user details",
		"\ufeff":                         "Please provide user details",
		"\n\n":                           "Please provide user details",
		"uid,password\nx,y":              "name and uid among them",
		"name,password\nx,y":             "name and uid among them",
		"name;uid;password\nx;y;z":       "with commas",
		"name,uid,UID\nx,y,z":            "the column uid twice",
		"name,uid\n\"x,y\nz,u":           "from line 2 on",
		"name,uid\nx,y\nz\"z,u\n":        "from line 3 on",
		"\"name\",uid\nx,y\nx,\"y\"\"\n": "from line 3 on",
	} {
		if _, _, err := csvRows([]byte(text)); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	rows, total, err := csvRows([]byte("uid,name\nab,Ab\n\nab\nab,Ab,more\n,\n"))
	if err != nil || total != 4 {
		t.Fatalf("%d, %v", total, err)
	}
	var got []string
	for row := range rows {
		why := ""
		if row.Err != nil {
			why = row.Err.Error()
		}
		got = append(got, row.UID+"/"+row.Name+"/"+why)
	}
	const wrong = "The row has "
	want := []string{"ab/Ab/", "ab//" + wrong + "1 fields, the header 2", "ab/Ab/" + wrong + "3 fields, the header 2", "//"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJSONThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"": "Please provide", " ": "Please provide", "null": "Please provide", "{}": "Please provide", " { }": "Please provide",
		`{"name":"x"}`: "wrong type", "7": "wrong type", `"x"`: "wrong type", "{": "Please provide",
		"[": "not valid JSON", "[{}": "not valid JSON", "[{},]": "not valid JSON", "[{} {}]": "not valid JSON", "[,]": "not valid JSON",
		"[{}]x": "not valid JSON", "[] []": "not valid JSON", "[}": "not valid JSON", "]": "not valid JSON", "[{}}": "not valid JSON",
		`[{"name":}]`: "not valid JSON", "x": "not valid JSON",
	} {
		if _, _, err := jsonRows([]byte(text)); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if rows, total, err := jsonRows([]byte(" [ ] \n")); err != nil || total != 0 || len(slices.Collect(rows)) != 0 {
		t.Errorf("nobody: %d, %v", total, err)
	}
}

// FuzzRows: whatever arrives, as many rows are read as were counted, and as the standard library sees.
func FuzzRows(f *testing.F) {
	f.Add([]byte(`[{"name":"Ab","uid":"ab"},7,null]`))
	f.Add([]byte("\ufeffname,uid\r\nAb,\"a\"\"b\"\r\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		var whole []json.RawMessage
		valid := json.Unmarshal(body, &whole) == nil
		if rows, total, err := jsonRows(body); err == nil && (!valid || total != len(whole) || len(slices.Collect(rows)) != total) {
			t.Errorf("%d rows of %q", total, body)
		} else if err != nil && valid && len(whole) > 0 {
			t.Errorf("%q: %v", body, err)
		}
		if rows, total, err := csvRows(body); err == nil && len(slices.Collect(rows)) != total {
			t.Errorf("%d lines of %q", total, body)
		}
	})
}
