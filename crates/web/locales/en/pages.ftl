# Pages of the server, without the widget and the sandbox inquiry.

language-label = Language
opens-new-tab = opens in a new tab
test-banner = This is a test. No real patients or records are involved.
date-in-words =
    { $month ->
        [January] January
        [February] February
        [March] March
        [April] April
        [May] May
        [June] June
        [July] July
        [August] August
        [September] September
        [October] October
        [November] November
       *[December] December
    } { $day }, { $year }

# Consent

consent-page-title = Share your health records
consent-title = Share your health records with { $name }?
consent-hello = Hello, { $name }.
consent-what = What is shared
consent-what-intro = Everything that the doctors, hospitals, labs and health plans you choose have on record about you:
consent-what-conditions = Conditions and diagnoses
consent-what-medicines = Medicines
consent-what-allergies = Allergies
consent-what-vaccines = Vaccines
consent-what-results = Lab and test results
consent-what-procedures = Procedures and surgeries
consent-what-visits = Visits and hospital stays
consent-what-notes = Notes from your care team
consent-what-sensitive = This can include sensitive topics, such as mental health, sexual health, and drug or alcohol use.
consent-find = How your records are found
consent-find-text = We send your verified name, date of birth, address, phone number and email to health organizations in the network. Each one checks if it knows you. Then you choose which ones to share.
consent-long = How long
consent-long-text = Until { $date }. During this time, { $name } can also get new records.
consent-stop = How to stop
consent-stop-text = You can stop at any time. Just tell { $name }. Records it already has stay under its privacy policy.
consent-privacy = Privacy policy
consent-terms = Terms of use
consent-allow = Allow
consent-deny = Do not allow
consent-deny-note = If you do not allow it, nothing is shared.

# Problems

problem-unknown-client-title = We do not know the app that sent you here
problem-unknown-client-what = The app gave an ID that is not in use on this server.
problem-unknown-client-next = Go back to the app and tell its support team. Nothing was shared.
problem-redirect-uri-title = The app gave a wrong return address
problem-redirect-uri-what = We cannot send you back to the app, because the address it gave is not one it registered here.
problem-redirect-uri-next = Go back to the app and tell its support team. Nothing was shared.
problem-request-uri-title = This request can no longer be used
problem-request-uri-what = For your safety, each request works only once and only for a short time. You may have answered it already, or it has expired.
problem-request-uri-next = Go back to the app. If your records are not connected yet, start again.
problem-nothing-to-decide-title = There is nothing left to decide
problem-nothing-to-decide-what = You already answered this question, or it waited too long.
problem-nothing-to-decide-next = Go back to the app. If your records are not connected yet, start again.
problem-inquiry-ended-title = This identity check has ended
problem-inquiry-ended-what = It was finished already, or it waited too long.
problem-inquiry-ended-next = Go back to the app and start again.
problem-proofing-not-configured-title = Identity checks are not available here
problem-proofing-not-configured-what = This server is not set up to check the identity of real people.
problem-proofing-not-configured-next = Go back to the app and tell its support team.
problem-sign-in-title = The sign-in did not work
problem-sign-in-what = The health organization did not confirm that you signed in, or it took too long.
problem-sign-in-next = Close this window and try again. Nothing was shared from there.
problem-another-person-title = This is another person's account
problem-another-person-what = The account you signed in to belongs to a person with another name or date of birth than yours.
problem-another-person-next = Close this window and sign in to your own account. Nothing was shared from there.
problem-account-of-another-title = This check belongs to another person's account
problem-account-of-another-what = Your app account is tied to a person with another name or date of birth than the one you just proved. So this check was not accepted, and nothing was shared.
problem-account-of-another-next = Go back to the app and make sure that you are signed in with your own account, not with somebody else's. If it is yours and your name has changed, tell the app's support team.
problem-back-to-app = Back to the app
problem-code = For the app's support team: { $code }
problem-proofing-elsewhere-title = This identity check was not started here
problem-proofing-elsewhere-what = For your safety, an identity check counts only in the browser window that started it. This answer belongs to another browser, or to an earlier try. It was not accepted, and nothing was shared.
problem-proofing-elsewhere-next = If somebody sent you a link to this check, close this window. Else go back to the app and start again.
problem-proofing-lapsed-title = The identity check took too long
problem-proofing-lapsed-what = For your safety, there are forty minutes to prove who you are. Nothing was shared.
problem-proofing-lapsed-next = Go back to the app and start again.
problem-proofing-over-title = This identity check has ended
problem-proofing-over-what = It was finished or stopped already. Or you started several others in this browser since then, or the browser does not keep cookies.
problem-proofing-over-next = Go back to the app. If your records are not connected yet, start again.
problem-too-many-title = There are too many requests right now
problem-too-many-what = More was asked for from your network than this server allows at a time.
problem-too-many-next = Wait a minute, then try again.
problem-bad-request-title = We could not read this request
problem-bad-request-what = Something in it is missing or does not belong there.
problem-bad-request-next = Go back to the app and start again. If it happens again, tell the app's support team.
problem-server-error-title = Something went wrong on our side
problem-server-error-what = It is not your fault. We could not finish what you asked for.
problem-server-error-next = Wait a minute, go back to the app and try again.
problem-not-found-title = This page does not exist
problem-not-found-what = The address may be misspelled, or the page has moved.
problem-not-found-next = Check the address, or go back to the app.

# Start page and the page after consent

landing-title = OpenIAS
landing-what = This server lets people get their own health records through the TEFCA network and share them with an app they trust. The organization that runs it hosts it itself.
landing-patients = If you want to share your records
landing-patients-text = Start in the app that you want to share them with. It brings you here at the right moment.
landing-operators = If you run this server
landing-portal = Operator portal
landing-health = Server health
callback-title = You are done here
callback-text = You can close this window and go back to the app.

signed-in-title = You are signed in
signed-in-what = { $name } is connected now.
signed-in-next = You can close this window and go on where you were.

signed-out-title = You are signed out
signed-out-what = Your session here has ended. What the app received before stays with it, and the providers that you connected stay connected.
signed-out-offline = You allowed the app to come back without you. It still can, until that permission ends. To end it sooner, ask the app.
signed-out-next = You can close this window.

nothing-ended-title = No session was ended
nothing-ended-what = We could not tell which session to end, so nothing has changed.
nothing-ended-next = Go back to the app and sign out there.
