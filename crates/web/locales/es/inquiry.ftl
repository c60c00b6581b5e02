# La verificación de identidad del entorno de pruebas.

inquiry-page-title = Verificación de identidad (pruebas)
inquiry-sandbox = Entorno de pruebas: esto sustituye a una verificación de identidad real. Solo se pueden usar pacientes de prueba inventados y no se verifica nada.
inquiry-person-title = ¿Quién es usted hoy?
inquiry-person-intro = { $name } le pide demostrar quién es. En este entorno de pruebas lo hace eligiendo un paciente de prueba.
inquiry-contact = Teléfono o correo electrónico de un paciente de prueba
inquiry-contact-hint = Por ejemplo 608-555-1243 o ahackett@gmail.com
inquiry-continue = Continuar
inquiry-decline = Detener y volver
inquiry-patients = Ver los diez pacientes de prueba
inquiry-patients-hint = Elija uno para continuar como esa persona.
inquiry-unknown-contact = Ningún paciente de prueba tiene este teléfono o correo. Revíselo o elija uno de la lista de abajo.
inquiry-confirm-title = Escriba el código de confirmación
inquiry-confirm-intro = Una verificación real le habría enviado un código. En este entorno de pruebas no se envía ninguno y cualquier código sirve.
inquiry-code = Código de confirmación
inquiry-code-hint = Por ejemplo 123456
inquiry-no-code = Escriba un código. En este entorno de pruebas cualquiera sirve.
inquiry-pass = Aprobar las verificaciones
inquiry-pass-hint = Un interruptor de pruebas. Desmárquelo para ver qué pasa cuando la verificación falla.
inquiry-finish = Terminar
