package password

import (
	_ "embed"
	"slices"
	"strings"
)

// commonList has the passwords of at least 8 characters from zxcvbn's frequency list, sorted, one a line, in lower case.
// It stays in the program's read-only data: it costs no heap. Its licence is in common.LICENSE.
//
//go:embed common.txt
var commonList string

// common reports whether a folded password is one that attackers try first: a common one, also with digits behind it, or
// one that is no more than a pattern.
func common(password string) bool {
	return listed(password) || listed(strings.TrimRight(password, "0123456789")) || repeats(password) || runs(password)
}

func listed(password string) bool {
	return len(password) >= MinLength && strings.Contains(commonList, "\n"+password+"\n")
}

// repeats reports whether a password is one to four characters again and again, or one word twice.
func repeats(password string) bool {
	chars := []rune(password)
	for _, period := range []int{1, 2, 3, 4, len(chars) / 2} {
		if period > 0 && slices.Equal(chars[period:], chars[:len(chars)-period]) {
			return true
		}
	}
	return false
}

// runs reports whether each character follows the one before, up or down the alphabet or the digits.
func runs(password string) bool {
	chars := []rune(password)
	step := chars[1] - chars[0]
	if step != 1 && step != -1 {
		return false
	}
	for i := 1; i < len(chars); i++ {
		if chars[i]-chars[i-1] != step {
			return false
		}
	}
	return true
}
