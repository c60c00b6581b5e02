# The widget. Variables are filled in by the browser.

widget-title = Share health records
widget-noscript = This page needs JavaScript. Turn it on in your browser, or ask the app for another way to share your records.
widget-close = Close
widget-language = Language
widget-test = This is a test. No real patients or records are involved.
widget-loading = One moment, please.
widget-retry = Try again

widget-consent-title = Your permission

widget-searching-title = Looking for your records
widget-searching-intro = We are asking health organizations in the network if they know you. This usually takes less than a minute.
widget-searching-directory = Getting the list of places to ask.
widget-searching-count = { $answered } of { $asked } answered
widget-searching-found = Found so far: { $count }
widget-searching-matches = These places know you
widget-searching-others = All answers so far
widget-searching-continue = Continue with what was found so far

widget-outcome-found = Records found
widget-outcome-sign_in = Found, sign-in needed
widget-outcome-no_match = No records
widget-outcome-ambiguous = More than one person fits
widget-outcome-mismatch = Details did not match
widget-outcome-refused = Did not answer this request
widget-outcome-timed_out = Took too long
widget-outcome-failed = Could not be reached

widget-providers-title = Choose what to share
widget-providers-intro = These places have records about you. { $name } gets records only from those you share.
widget-providers-ready = Ready to connect
widget-providers-all = Select all
widget-providers-selected = { $count } of { $total } selected
widget-providers-sign-in = Sign-in needed
widget-providers-sign-in-why = These places have records about you, but want you to sign in on their own website first. A new window opens; afterwards you go on here.
widget-providers-sign-in-at = Sign in at { $name }
widget-providers-sign-in-again = Try again at { $name }
widget-providers-sign-in-failed = Their sign-in does not answer right now. Please try again later.
widget-providers-sign-in-closed = The sign-in window is closed, and we did not hear that you signed in. You can try again.
widget-providers-sign-in-another = That account belongs to another person. Nothing was shared from there. Please sign in with your own account.
widget-providers-sign-in-refused = The sign-in did not work. Nothing was shared from there. You can try again.
widget-providers-signed-in = { $name } is connected.
widget-providers-waiting = Please sign in in the other window. This page goes on by itself.
widget-providers-popup = Your browser did not open a window. Allow pop-up windows for this page and try again.
widget-providers-connected = Already connected
widget-providers-missed = { $count } other places
widget-providers-missed-why = They have no records about you, or did not answer. If a place you know is missing, ask it for your records directly.
widget-providers-share = Share selected records
widget-providers-share-one = Share records from 1 place
widget-providers-share-many = Share records from { $count } places
widget-providers-choose-one = Choose at least one place, or close this window to share nothing.
widget-providers-finish = Continue
widget-providers-finish-without = Continue without more places

widget-connecting-title = Connecting
widget-connecting-intro = Please keep this window open. It takes only a moment.

widget-done-title = You are connected
widget-done-list = { $name } can now get your records from:
widget-done-next = What happens next
widget-done-next-text = { $name } can collect your records from now on. The first time can take from a few minutes to a few hours. You do not need to wait here.
widget-done-stop-text = To stop sharing, tell { $name } at any time.
widget-done-failed = Could not be connected:

widget-none-title = We found no records
widget-none-text = No place in the network found records that surely belong to you. Your name, address or date of birth may be written differently there.
widget-none-next = Ask your doctor's office to check your details, and try again later. Nothing was shared.
widget-failed-title = The search did not work
widget-failed-text = We could not ask the network right now. It is not your fault, and nothing was shared.
widget-unreachable-title = We could not reach the network
widget-unreachable-text = None of the places in the network answered. Nothing is wrong with your details, and nothing was shared. Please try again later.
widget-connect-failed-title = We could not connect your records
widget-connect-failed-text = None of the places you chose could be connected. You can try again.
widget-denied-title = Nothing was shared
widget-denied-text = You did not give permission, so no records were asked for. You can change your mind later in the app.
widget-unproven-title = Your identity was not confirmed
widget-unproven-text = The identity check was not completed, so no records were asked for. You can try again in the app.
widget-unprovable-title = The identity check is not set up correctly
widget-unprovable-text = It is not your fault, and waiting does not help.
widget-expired-title = This request has expired
widget-expired-text = For your safety, each request works only once and only for a short time.
widget-expired-next = Close this window and start again in the app: it makes a new request.
widget-expired-back = Back to the app
widget-offline-title = The connection was lost
widget-offline-text = Check your internet connection. We keep your place here.
widget-offline-restart = Check your internet connection, then go back to the app and start again.
widget-broken-title = Something went wrong on our side
widget-broken-text = It is not your fault. Go back to the app and start again in a few minutes.
widget-closed-title = You can close this window
widget-closed-text = Go back to the app to continue.

widget-config-title = This app is not set up correctly
widget-config-public-id = The app gave an ID (public-id) that is missing or does not have the right form.
widget-config-organization = The app gave an ID (public-id) that is not in use on this server.
widget-config-tefca = Record sharing through the TEFCA network is not turned on for this app.
widget-config-identity = On this server the app has to bring your verified identity along (identity-request-uri), and it did not.
widget-config-insecure = Record sharing works only over a secure (https) connection.
widget-config-address = This page has to be opened at { $url }.
widget-config-client = The app is not registered correctly on this server.
widget-config-next = Please tell the app's support team. Nothing was shared.
