# The identity check of the sandbox.

inquiry-page-title = Identity check (sandbox)
inquiry-sandbox = Sandbox: this stands in for a real identity check. Only made-up test patients can be used, and nothing is verified.
inquiry-person-title = Who are you today?
inquiry-person-intro = { $name } asks you to prove who you are. In this sandbox you do so by choosing a test patient.
inquiry-contact = Phone or email of a test patient
inquiry-contact-hint = For example 608-555-1243 or ahackett@gmail.com
inquiry-continue = Continue
inquiry-decline = Stop and go back
inquiry-patients = Show the ten test patients
inquiry-patients-hint = Choose one to continue as that person.
inquiry-unknown-contact = No test patient has this phone number or email. Check it, or choose from the list below.
inquiry-confirm-title = Enter the confirmation code
inquiry-confirm-intro = A real check would have sent you a code. In this sandbox no code is sent, and any code works.
inquiry-code = Confirmation code
inquiry-code-hint = For example 123456
inquiry-no-code = Enter a code. In this sandbox any code works.
inquiry-pass = Pass verifications
inquiry-pass-hint = A sandbox switch. Clear it to see what happens when the identity check fails.
inquiry-finish = Finish
