package seal_test

import (
	"regexp"
	"testing"

	"github.com/scriphq/scrip/internal/seal"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		make func() string
		form string
	}{
		{"a token has 256 bits", seal.NewToken, `^[A-Za-z0-9_-]{43}$`},
		{"an API key says what it is", seal.NewAPIKey, `^scrip_[a-z2-7]{52}$`},
		{"a code of six digits", func() string { return seal.NewOneTimeCode(6) }, `^[0-9]{6}$`},
		{"a code of eight digits", func() string { return seal.NewOneTimeCode(8) }, `^[0-9]{8}$`},
		{"a hash has 256 bits", func() string { return seal.HashToken(seal.NewToken()) }, `^[A-Za-z0-9_-]{43}$`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			form, seen := regexp.MustCompile(c.form), map[string]bool{}
			for range 20 {
				made := c.make()
				if !form.MatchString(made) {
					t.Errorf("%q does not match %s", made, c.form)
				}
				seen[made] = true
			}
			if len(seen) < 19 {
				t.Errorf("only %d of 20 differ", len(seen))
			}
		})
	}
}

func TestOneTimeCodesKeepLeadingZeros(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for range 20_000 {
		counts[seal.NewOneTimeCode(1)]++
	}
	for _, d := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		if n := counts[d]; n < 1700 || n > 2300 { // 2000 expected, seven deviations
			t.Errorf("%q came %d times in 20000", d, n)
		}
	}
	if len(counts) != 10 {
		t.Errorf("%d different digits", len(counts))
	}
}

func TestHashTokenIsSHA256(t *testing.T) {
	t.Parallel()
	const want = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0" // FIPS 180-2, "abc"
	if got := seal.HashToken("abc"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
