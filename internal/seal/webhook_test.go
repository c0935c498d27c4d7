package seal_test

import (
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/seal"
)

// The example of the Standard Webhooks specification and of its libraries' tests.
func TestAWebhookIsSignedAsTheStandardSays(t *testing.T) {
	t.Parallel()
	got, err := seal.SignWebhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), `{"test": 2432232314}`)
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want || err != nil {
		t.Fatalf("%s, %v, want %s", got, err, want)
	}
	for _, wrong := range []string{"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_not base64!"} {
		if s, err := seal.SignWebhook(wrong, "msg_1", time.Unix(1, 0), "{}"); err == nil {
			t.Errorf("%q signed: %s", wrong, s)
		}
	}
}

func TestWebhookSecretsDiffer(t *testing.T) {
	t.Parallel()
	a, b := seal.NewWebhookSecret(), seal.NewWebhookSecret()
	if a == b || !strings.HasPrefix(a, "whsec_") || len(a) != len("whsec_")+44 {
		t.Fatalf("%s, %s", a, b)
	}
}
