package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/fault"
)

var errBusy = fault.New(fault.Unavailable, "busy", "Too many requests are waiting.")

func TestAFaultIsKnownByItsCodeWhateverIsAddedToIt(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("app: %w", errBusy.Saying("Later.").Because(io.EOF).After(time.Second).On("code"))
	if !errors.Is(err, errBusy) || !errors.Is(err, io.EOF) || errors.Is(err, fault.New(fault.Unavailable, "storage", "")) {
		t.Errorf("%v", err)
	}
	if e := fault.Of(err); e.Msg != "Later." || e.RetryAfter != time.Second || e.Fields["code"] != "Later." {
		t.Errorf("%+v", e)
	}
	if errBusy.Err != nil || errBusy.Fields != nil || errBusy.RetryAfter != 0 || errBusy.Msg == "Later." {
		t.Errorf("the fault itself was changed: %+v", errBusy)
	}
}

func TestOnKeepsTheFieldsOfTheFaultItCopies(t *testing.T) {
	t.Parallel()
	first := fault.Field("name", "Too long.")
	second := first.On("email")
	if len(first.Fields) != 1 || len(second.Fields) != 2 || fault.Check(nil) != nil || fault.Check(second.Fields) == nil {
		t.Errorf("%v, %v", first.Fields, second.Fields)
	}
}

func TestAnyOtherErrorIsInternal(t *testing.T) {
	t.Parallel()
	if e := fault.Of(io.EOF); e.Kind != fault.Internal || e.Code != "internal" || !errors.Is(e, io.EOF) {
		t.Errorf("%+v", e)
	}
	if text := errBusy.Because(io.EOF).Error(); text != "busy: Too many requests are waiting: EOF" {
		t.Error(text)
	}
	if fault.Of(nil) != nil {
		t.Error("nil became a fault")
	}
}
