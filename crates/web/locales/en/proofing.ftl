# A patient without an ID token: the e-mail address, its code, the way to the identity check and back.

proofing-cancel = Stop and go back to the app
proofing-email-title = First, your email address
proofing-email-intro = { $name } asks to see your health records. Only you can allow that, so we first make sure that you are you. It takes a few minutes.
proofing-email-label = Your email address
proofing-email-hint = We send a code there, and use the address for nothing else.
proofing-email-send = Continue
proofing-email-wrong = We cannot send email to this address. Please check it.
proofing-email-test-only = This app is in test mode, which knows only the made-up test patients. Choose one of them below.
proofing-email-live-only = This address belongs to a made-up test patient. Please use your own.
proofing-code-title = Enter the code
proofing-code-sent = Look for a code in the mail of { $email }. It works for ten minutes.
proofing-code-wait = It can take a minute to arrive. If it does not, look in your spam folder. Only a few codes are sent to one address in an hour, whoever asks for them. If none comes at all, try again in an hour.
proofing-code-test = This is test mode, so no email was sent. The code is { $code }.
proofing-code-label = Code from the email
proofing-code-hint = Six letters and numbers
proofing-code-confirm = Continue
proofing-code-skip = Skip this step
proofing-code-wrong = This is not the code we sent. Please check it and try again.
proofing-code-spent = This code can no longer be used. It was tried too often, or it is too old.
proofing-code-again = Send a new code
proofing-code-other = Use another email address
proofing-code-no-more = No more codes can be sent: there are { $count } for one identity check.
proofing-code-no-more-usable = Enter the last one. If you cannot find it, or the address is not yours, go back to the app and start again.
proofing-code-no-more-spent = Go back to the app and start again.
proofing-choose-title = Now prove who you are
proofing-choose-intro = An identity service checks that you are you. You leave this page for it, and come back here when it is done.
proofing-choose-ready = Have your ID card or driver's license and your phone ready.
proofing-choose-go = Continue with { $name }
proofing-choose-privacy = We get your name, birth date, address, phone number and email from it. Pictures of your ID and your face stay there.
proofing-cancelled-title = The identity check was not completed
proofing-cancelled-what = You stopped it, or the service could not make sure that you are you. Nothing was shared.
proofing-cancelled-next = You can try again, or go back to the app. If you ask its support team for help, give them the line below.
proofing-unavailable-title = The identity service does not answer
proofing-unavailable-what = It is not your fault. The service cannot be reached right now, or took too long. Nothing was shared.
proofing-unavailable-next = Wait a minute and try again, or go back to the app. If it happens again, give its support team the line below.
proofing-misconfigured-title = The identity check is not set up correctly
proofing-misconfigured-what = Something is not set up correctly between us and the identity service. It is not your fault, and waiting does not help. Nothing was shared.
proofing-misconfigured-next = Go back to the app and give its support team the line below. If another identity service is offered here, you can try that one.
proofing-refused-title = We could not accept the identity check
proofing-refused-what = What the identity service told us about you does not meet our rules. Nothing was shared.
proofing-refused-next = You can try again. If it happens again, go back to the app and give its support team the line below.
proofing-window-title = Prove who you are
proofing-window-intro = { $name } asks to see your health records. To make sure that you are you, an identity service opens in a window of its own.
proofing-window-next = Come back here when it is done. This page then goes on by itself.
proofing-window-open = Open the window
proofing-window-closed = Did you close the window? Nothing is lost: open it again, and the identity check goes on where you left it.
proofing-window-blocked = Your browser did not open a window. Allow pop-up windows for this page and try again.

# The mail with the code

letter-code-subject = Your code to share health records with { $name }
letter-code = Your code: { $code }
letter-code-what = Enter it on the page where { $name } asked for your email address. It works once, for ten minutes. Give it to nobody: no one will ask you for it by phone or message.
letter-code-not-you = If you did not ask for this, you need not do anything. Nothing is shared without the code.
