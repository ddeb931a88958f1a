package password

import (
	"slices"
	"strings"
	"testing"

	"gatehouse/internal/fault"
)

func TestPolicy(t *testing.T) {
	for _, test := range []struct{ password, want string }{
		{"", "less than 8"},
		{"1234567", "less than 8"},
		{"ééééééé", "less than 8"},
		{strings.Repeat("aB3$", 64) + "x", "longer than 256"},
		{strings.Repeat("x", 4096), "longer than 256"},
		{"        ", "less than 8"},
		{"\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0", "less than 8"},
		{"   a    ", "less than 8"},
		{"nul\x00inside", "cannot be typed"},
		{"broken\uFFFDone", "cannot be typed"},
		{"Toby Smith", "User ID or the name"},
		{"TOBYSMITH1", "User ID or the name"},
		{" tobysmith1 ", "User ID or the name"},
		{"password", "too common"},
		{"PassWord", "too common"},
		{"password2026", "too common"},
		{"QwertyUiop", "too common"},
		{"12345678", "too common"},
		{"87654321", "too common"},
		{"abcdefghij", "too common"},
		{"zzzzzzzzzz", "too common"},
		{"abcabcabcab", "too common"},
		{"adminadmin", "too common"},
		{"ßßßßßßßß", "too common"},
		{"123Toby!", ""},
		{"123Hop!!", ""},
		{"correct horse battery staple", ""},
		{"пароль-дня", ""},
		{"🐎🔋📎🐎🔋📎🐎x", ""},
		{strings.Repeat("aB3$x", 51) + "y", ""},
	} {
		err := Policy(test.password, "tobysmith1", "Toby Smith")
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%.20q: %v", test.password, err)
		case test.want != "" && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%.20q: got %v, want %q", test.password, err, test.want)
		case err != nil && !strings.HasPrefix(err.Error(), "Password "):
			t.Errorf("%.20q: %v does not begin with the field", test.password, err)
		}
	}
}

func TestCommonListIsSortedAndFolded(t *testing.T) {
	words := strings.Split(strings.Trim(commonList, "\n"), "\n")
	if len(words) < 1000 || !slices.IsSorted(words) {
		t.Errorf("%d words, sorted: %t", len(words), slices.IsSorted(words))
	}
	for _, word := range words {
		if fold(word) != word || len(word) < MinLength {
			t.Errorf("%q", word)
		}
	}
}
