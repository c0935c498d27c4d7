package testenv

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// need is something from outside that the tests cannot do without.
type need struct {
	name     string
	packages []string // Debian's names
	variable string   // names one that is already there
	find     func() (string, error)
}

// bring finds every need, after installing what is missing if it may;
// otherwise its error says which command installs it.
func bring(needs ...need) ([]string, error) {
	if missing := lacking(needs); len(missing) > 0 {
		if err := install(missing); err != nil {
			return nil, err
		}
	}
	found := make([]string, len(needs))
	for i, n := range needs {
		var err error
		if found[i], err = n.find(); err != nil {
			return nil, fmt.Errorf("%s: %w", n.name, err)
		}
	}
	return found, nil
}

func lacking(needs []need) []need {
	var missing []need
	for _, n := range needs {
		if _, err := n.find(); err != nil {
			missing = append(missing, n)
		}
	}
	return missing
}

func install(missing []need) error {
	if _, err := exec.LookPath("apt-get"); err != nil || !mayInstall(os.Geteuid(), os.Getenv("CI")) {
		return errors.New(advice(missing))
	}
	for _, args := range installation(missing) {
		if os.Geteuid() != 0 {
			args = append([]string{"sudo", "-n"}, args...)
		}
		fmt.Fprintln(os.Stderr, "testenv:", strings.Join(args, " "))
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, advice(missing))
		}
	}
	return nil
}

// mayInstall keeps us from changing a person's machine: only root, who can,
// and a CI machine, which is thrown away, get packages without being asked.
func mayInstall(euid int, ci string) bool {
	return euid == 0 || ci == "true"
}

func installation(missing []need) [][]string {
	// sudo drops the environment, env brings the variable behind it.
	apt := []string{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"}
	packages := append([]string{"install", "-y", "--no-install-recommends"}, packagesOf(missing)...)
	return [][]string{
		append(apt[:len(apt):len(apt)], "update"),
		append(apt[:len(apt):len(apt)], packages...),
	}
}

func advice(missing []need) string {
	var names, variables []string
	for _, n := range missing {
		names = append(names, n.name)
		variables = append(variables, n.variable)
	}
	return fmt.Sprintf("the tests need %s; on Debian and Ubuntu this command installs what is missing:\n\n"+
		"\tsudo apt-get install -y --no-install-recommends %s\n\n"+
		"Elsewhere install it by the system's own means, or name one that is there in %s.",
		strings.Join(names, ", "), strings.Join(packagesOf(missing), " "), strings.Join(variables, ", "))
}

func packagesOf(needs []need) []string {
	var all []string
	for _, n := range needs {
		all = append(all, n.packages...)
	}
	return all
}
