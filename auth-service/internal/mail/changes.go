package mail

// The words of mails about changes of an account.

func passwordChanged(v view) content {
	return content{
		Subject: "Your password was changed",
		Before: []string{
			"The password of your account " + v.UID + " was changed on " + v.When + ". All other devices have been signed out.",
		},
		Button: "Open " + v.Host, Link: "/",
		After: []string{
			"If this was not you, somebody else knows your password or sits at a device of yours: ask for a new password on the sign-in page at once.",
		},
	}
}

func passwordReset(v view) content {
	return content{
		Subject: "Your password was reset",
		Before: []string{
			"The password of your account " + v.UID + " was reset on " + v.When + ", with a one-time link or code. All devices have been signed out.",
		},
		Button: "Open " + v.Host, Link: "/",
		After: []string{
			"If this was not you, somebody else can read your mail: change the password of your mailbox first, then ask for a new one on the sign-in page.",
		},
	}
}

func roleChanged(v view) content {
	return content{
		Subject: "Your role was changed",
		Before: []string{
			"Since " + v.When + " your account " + v.UID + " has the role " + v.Role + ". You stay signed in.",
		},
		Button: "Open " + v.Host, Link: "/",
		After: []string{
			"If this surprises you, ask whoever runs " + v.Host + ".",
		},
	}
}

func accountDisabled(v view) content {
	return content{
		Subject: "Your account was disabled",
		Before: []string{
			"Your account " + v.UID + " was disabled on " + v.When + ". You have been signed out everywhere, and nobody can sign in to it.",
		},
		After: []string{
			"If you think that this is a mistake, ask whoever runs " + v.Host + ".",
		},
	}
}

func accountDeleted(v view) content {
	return content{
		Subject: "Your account was deleted",
		Before: []string{
			"Your account " + v.UID + " was deleted on " + v.When + ". You have been signed out everywhere. This is the last mail about it.",
		},
		After: []string{
			"If this was not you, tell whoever runs " + v.Host + ".",
		},
	}
}

func emailChanged(v view) content {
	c := content{
		Subject: "Your e-mail address was changed",
		Button:  "Open " + v.Host, Link: "/",
		After: []string{
			"If this was not you, somebody else is signed in to your account: change your password at once, which signs all other devices out, and tell whoever runs " + v.Host + ".",
		},
	}
	switch {
	case v.Pending:
		c.Subject = "Your e-mail address is about to change"
		c.Before = []string{"On " + v.When + " it was asked that the e-mail address of your account " + v.UID + " become " + v.Email + ". It will, as soon as that address is confirmed. Until then the old one stays."}
	case v.Email == "":
		c.Before = []string{"The e-mail address of your account " + v.UID + " was removed on " + v.When + "."}
	default:
		c.Before = []string{"The e-mail address of your account " + v.UID + " was changed to " + v.Email + " on " + v.When + "."}
	}
	return c
}
