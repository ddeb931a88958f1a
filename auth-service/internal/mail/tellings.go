package mail

// tellings are the words of each kind of mail.
var tellings = map[Kind]func(view) content{
	Reset: reset, Invitation: invitation, Verification: verification, PasswordChanged: passwordChanged,
	PasswordReset: passwordReset, EmailChanged: emailChanged, RoleChanged: roleChanged, AccountDisabled: accountDisabled,
	AccountDeleted: accountDeleted, NewDevice: newDevice, RefreshReused: refreshReused,
}

func reset(v view) content {
	return content{
		Subject: "Choose a new password",
		Before: []string{
			"Somebody asked for a new password for the account " + v.UID + " on " + v.Host + ".",
			"Open the link and choose one, or type the code on the page where you asked. Both are good for " + v.Good + ", and for one use.",
		},
		Button: "Choose a new password", Link: "/reset",
		After: []string{
			"Nobody from " + v.Host + " will ever ask you for this link or code.",
			"If it was not you who asked, you need not do anything: your password stays as it is.",
		},
	}
}

func invitation(v view) content {
	return content{
		Subject: "Your account on " + v.Host,
		Before: []string{
			"An account was made for you on " + v.Host + ". You sign in with the user ID " + v.UID + ".",
			"Open the link and choose your password. It is good for " + v.Good + ", and for one use.",
		},
		Button: "Choose your password", Link: "/reset",
		After: []string{
			"If you do not know what this is about, you need not do anything.",
		},
	}
}

// The address is not proved: a stranger may have given it. So nothing that a stranger may have typed is in this mail.
func verification(v view) content {
	return content{
		Subject: "Confirm your e-mail address",
		Before: []string{
			"This address was given for an account on " + v.Host + ".",
			"Open the link to confirm that it is yours. It is good for " + v.Good + ", and for one use.",
		},
		Button: "Confirm this address", Link: "/verify",
		After: []string{
			"If it was not you who gave it, you need not do anything: it stays unconfirmed.",
		},
	}
}

func newDevice(v view) content {
	return content{
		Subject: "New sign-in to your account",
		Before: []string{
			"Your account " + v.UID + " was signed in to from a device that had not been used for it before.",
		},
		Facts:  device(v),
		Button: "See where you are signed in", Link: "/sessions",
		After: []string{
			"If this was you, all is well.",
			"If it was not, end that session on the page, and change your password: somebody else knows it.",
		},
	}
}

func refreshReused(v view) content {
	return content{
		Subject: "A session of yours was ended for safety",
		Before: []string{
			"A session of your account " + v.UID + " was used from two places at once: somebody may have copied it from your browser. It has been ended for both. Your other sessions go on.",
		},
		Facts:  device(v),
		Button: "See where you are signed in", Link: "/sessions",
		After: []string{
			"Please sign in again. If you see sessions that you do not know, end them and change your password. A browser extension or a program on your device can be the cause.",
		},
	}
}

// device is where a session was used from.
func device(v view) []fact {
	return []fact{{"Device", v.Device}, {"Address", v.Address}, {"Time", v.When}}
}
