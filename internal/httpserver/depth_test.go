package httpserver

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// decodedDepth is how deep the decoder of the standard library finds a document to nest.
func decodedDepth(t *rapid.T, document []byte) int {
	decoder := json.NewDecoder(bytes.NewReader(document))
	deepest, level := 0, 0
	for {
		token, err := decoder.Token()
		if err != nil {
			if err.Error() != "EOF" {
				t.Fatalf("%q: %v", document, err)
			}
			return deepest
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			level++
			deepest = max(deepest, level)
		case json.Delim('}'), json.Delim(']'):
			level--
		}
	}
}

// misleading are strings made of what could fool a counter of brackets.
var misleading = rapid.StringOfN(rapid.SampledFrom([]rune(`[]{}"\,:aé`+"\u2028\n")), 0, 12, -1)

// documents are nested values with misleading members and strings.
func documents(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		shape := 2
		if depth > 0 {
			shape = rapid.IntRange(0, 2).Draw(t, "shape")
		}
		switch shape {
		case 0:
			return rapid.SliceOfN(documents(depth-1), 0, 3).Draw(t, "list")
		case 1:
			return rapid.MapOfN(misleading, documents(depth-1), 0, 3).Draw(t, "object")
		}
		return misleading.Draw(t, "text")
	})
}

func TestDepthAgreesWithTheDecoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		document, err := json.Marshal(documents(5).Draw(t, "document"))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := depth(document), decodedDepth(t, document); got != want {
			t.Fatalf("depth of %s is %d; the decoder says %d", document, got, want)
		}
	})
}

func TestDepthOfWhatIsNoJSON(t *testing.T) {
	for document, want := range map[string]int{
		``: 0, `"[[[`: 0, `"\"[[[`: 0, `"\\"[[`: 2, `[[`: 2, `"\`: 0, strings.Repeat("[", 1000): 1000,
	} {
		if got := depth([]byte(document)); got != want {
			t.Errorf("depth of %.20s is %d; want %d", document, got, want)
		}
	}
}
