# El portal de administración.

portal-name = Portal de administración
portal-skip = Ir al contenido
portal-organizations = Organizaciones
portal-audit = Auditoría
portal-starts-over = Empieza de nuevo
portal-sign-out = Cerrar sesión
portal-test = Prueba
portal-live = Real
portal-on = Activo
portal-off = Inactivo
portal-none = Ninguno
portal-mode = Modo
portal-state = Estado
portal-action = Acción
portal-created = Creada

# Inicio de sesión

portal-sign-in-title = Iniciar sesión en el portal
portal-sign-in = Iniciar sesión
portal-sign-in-link = Su enlace de acceso está listo. Presione el botón para iniciar sesión.
portal-sign-in-life = La sesión dura 8 horas en este navegador.
portal-new-link = Cada enlace sirve una sola vez y por poco tiempo. Para obtener otro, ejecute esto en el servidor con su configuración (la demo muestra su propia orden al arrancar):
portal-signed-in-already = ¿Ya inició sesión? Abra el portal
portal-token = Enlace o código de acceso
portal-token-hint = Pegue el enlace entero o solo su código.
portal-token-refused = Este enlace o código no se puede usar: ya se usó, venció o no es correcto.
portal-refused-title = No se aceptó este formulario
portal-refused-what = Venía de una página antigua o de otro sitio, o no llegó completo. No se cambió nada.
portal-refused-next = Abra de nuevo el portal en la dirección de su enlace de acceso y repita allí lo que estaba haciendo.
portal-refused-open = Abrir el portal

# Lo que se acaba de hacer

portal-done-organization-added = Se agregó la organización.
portal-done-organization-saved = Se guardaron los cambios.
portal-done-credential-on = La credencial está activa.
portal-done-credential-off = La credencial está inactiva. Desde ahora se rechazan sus solicitudes.
portal-done-credential-tokens = Se guardaron las reglas para los tokens de identidad.
portal-done-endpoint-on = El destino está activo.
portal-done-endpoint-off = El destino está inactivo. Desde ahora no recibe eventos.
portal-done-test-sent = El evento de prueba va en camino. Actualice la lista para ver el resultado.
portal-done-test-not-sent = No se envió la prueba porque el destino está inactivo. Actívelo primero.
portal-done-resent = El evento va en camino otra vez. Actualice la lista para ver el resultado.
portal-done-not-resent = El evento no se envió otra vez porque ya va en camino.
portal-done-revoked = La conexión está revocada.
portal-done-signed-out = Se cerró la sesión.

# Organizaciones y este servidor

portal-no-organizations = Todavía no hay organizaciones. Agregue la primera abajo.
portal-no-hcid = Todavía ninguno
portal-add-organization = Agregar organización
portal-organization-name = Nombre
portal-organization-name-hint = Los pacientes lo leen en la página de consentimiento.
portal-organization-id = Identificador de la organización
portal-hcid = Home Community ID (HCID)
portal-hcid-hint = Un OID como 2.16.840.1.113883.3.7204.9. Todo ID token debe nombrarlo como su audiencia.
portal-hcid-needed = BYOI está activado, pero no hay HCID. Mientras falte, se rechaza todo ID token.
portal-privacy-policy = Política de privacidad
portal-terms = Condiciones de uso
portal-website = Sitio web
portal-address-hint = Una dirección https, o nada.
portal-test-mode = Modo de prueba
portal-live-mode = Modo real
portal-tefca-hint = Puede buscar registros en la red.
portal-byoi-hint = Puede traer identidades verificadas por su propio CSP.
portal-save = Guardar cambios
portal-system = Este servidor
portal-version = Versión
portal-base-url = Dirección
portal-csps = CSP de confianza
portal-csps-hint = Solo se aceptan identidades de estos emisores. La lista viene del archivo de configuración. A usted le toca comprobar si un CSP está aprobado para TEFCA.
portal-logo = Logotipo
portal-logo-now = El logotipo que los pacientes ven ahora
portal-logo-file = Archivo de imagen
portal-logo-hint = Los pacientes lo ven en la página de consentimiento, en un cuadrado. PNG, JPEG o WebP, de 64 KiB como máximo. Guarde sin archivo para quitar el logotipo.
portal-logo-save = Guardar logotipo
portal-fault-name-missing = Escriba un nombre.
portal-fault-name-long = El nombre es demasiado largo. Use como máximo { $max } caracteres.
portal-fault-name-unshowable = El nombre tiene un carácter que no se puede mostrar.
portal-fault-hcid = Esto no es un OID. Escríbalo como 2.16.840.1.113883.3.7204.9: números y puntos, y el primer número 0, 1 o 2.
portal-fault-hcid-taken = Otra organización tiene este HCID. Cada organización necesita el suyo.
portal-fault-address = Esto no es una dirección https. Escríbala como https://example.org/privacy o deje el campo vacío.
portal-fault-logo = Este archivo no es una imagen PNG, JPEG o WebP.
portal-fault-logo-large = El archivo es demasiado grande. Use una imagen de { $max } KiB como máximo.
portal-fault-mode = Elija prueba o real.

# Una organización

portal-of-organization = Páginas de esta organización
portal-details = Datos
portal-credentials = Credenciales
portal-webhooks = Webhooks
portal-connections = Conexiones
portal-exports = Exportaciones

# Credenciales

portal-no-credentials = Todavía no hay credenciales. Cree una para que una aplicación pueda conectarse.
portal-add-credential = Crear credencial
portal-credential-mode-hint = Las claves de prueba llegan solo a pacientes sintéticos; las reales, solo a pacientes reales.
portal-tokens = Tokens de identidad
portal-profile = Perfil del token
portal-profile-hint = La forma con la que se juzgan los tokens de identidad. Elija una para ser más estricto que la entrada del CSP.
portal-profile-by-token = según diga el token
portal-token-once = Aceptar cada token de identidad una sola vez
portal-token-once-on = cada uno una vez
portal-yes = Sí
portal-no = No
portal-policy = Política
portal-policy-profile = Perfil
portal-policy-proof = Se identifica con
portal-policy-keys = Aserciones firmadas; claves: { $keys }
portal-policy-dpop = Los tokens deben estar ligados a una clave (DPoP)
portal-policy-request-use = Un request_uri se consume con
portal-policy-request-load = Su primera carga
portal-policy-request-authorize = La decisión del paciente
portal-policy-id-token = Sus tokens de identidad se firman con
portal-policy-alone = Puede actuar sin un paciente (client_credentials)
portal-policy-proofing = La identidad de los pacientes se puede verificar aquí (flujo estándar)
portal-policy-exchange = Punto de intercambio de tokens
portal-policy-sign-out = Direcciones después de cerrar la sesión
portal-policy-itself = Da el permiso por sí mismo (pruebas automáticas)
portal-policy-lives = Vigencia
portal-policy-lives-are = request_uri { $request } s, código { $code } s, token de acceso { $session } s, token de renovación { $days } días desde la verificación de identidad
portal-policy-retry = Un token de renovación usado se puede reintentar durante
portal-policy-seconds = { $seconds } s
portal-policy-change = Para cambiarla:
portal-origins = Sitios que pueden incluir el widget
portal-origins-hint = Un origen por línea, como https://app.example.org, como máximo 25. Con claves de prueba, las páginas en localhost pueden siempre.
portal-redirect-uris = Redirect URIs
portal-redirect-uris-hint = Adónde se pueden enviar los códigos. Una por línea, como máximo 25: https, http en localhost o el esquema de una aplicación como org.example.app. Para claves reales no sirve localhost.
portal-note = Nota
portal-note-hint = Para usted. Opcional.
portal-switch-on = Activar
portal-switch-off = Desactivar
portal-public-id = Identificador público
portal-private-key = Clave privada
portal-key-title = La credencial está lista
portal-key-what = Copie ahora la clave privada. Se muestra solo en esta página y no se puede mostrar otra vez.
portal-key-next = Guárdela donde su servidor guarda sus secretos. Las páginas y aplicaciones usan solo el identificador público.
portal-kept = Ya hice una copia
portal-fault-origin = «{ $text }» no es un origen. Escríbalo como https://app.example.org, sin ruta ni barra al final.
portal-fault-live-origin = «{ $text }» no es https. Las páginas con claves reales deben usarlo.
portal-fault-live-redirect-uri = «{ $text }» está en el equipo del paciente. Las claves reales no envían códigos allí.
portal-fault-redirect-uri = «{ $text }» no puede ser una redirect URI. Use una dirección https, http en localhost o el esquema de una aplicación como org.example.app, sin «#».
portal-fault-many = Son demasiados. Use como máximo { $max }.
portal-fault-note-long = La nota es demasiado larga. Use como máximo { $max } caracteres.

# Webhooks

portal-no-webhooks = Todavía no hay destinos. Agregue uno para saber cuándo están listas las exportaciones.
portal-add-webhook = Agregar destino
portal-url = URL
portal-url-hint = Una dirección https de su servidor. Cada URL se puede usar una vez.
portal-webhook-mode-hint = El destino recibe los eventos de un solo modo.
portal-events = Eventos
portal-events-always = Todo destino recibe:
portal-no-optional-events = Solo exportaciones y pruebas
portal-open-endpoint = Envíos y ajustes
portal-signing-secret = Secreto de firma
portal-hook-title = El destino está listo
portal-hook-what = Copie ahora el secreto de firma. Se muestra solo en esta página y no se puede mostrar otra vez.
portal-hook-next = Con él, su servidor comprueba la firma de cada evento (Standard Webhooks).
portal-fault-url = No se pueden enviar eventos a esta URL. Escríbala como https://app.example.org/webhooks.
portal-fault-url-known = Esta organización ya tiene un destino con esta URL, en este modo o en el otro.
portal-fault-url-https = Use una dirección https. Para permitir esta de todos modos, agregue su origen a egress.private_origins en la configuración.
portal-fault-url-password = No se acepta una URL con nombre de usuario o contraseña.
portal-fault-url-private = Esta dirección no es pública. Para permitirla de todos modos, agregue su origen a egress.private_origins en la configuración.
portal-send-test = Enviar un evento de prueba
portal-reload = Actualizar
portal-deliveries = Envíos
portal-no-deliveries = Todavía no se envió nada a este destino.
portal-event = Evento
portal-attempts = Intentos
portal-last-answer = Última respuesta
portal-happened = Ocurrió
portal-last-tried = Último intento
portal-resend = Enviar otra vez
portal-delivery-pending = Pendiente
portal-delivery-success = Entregado
portal-delivery-dead = Abandonado

# Conexiones

portal-no-connections = Ningún paciente conectó registros todavía.
portal-newest-hundred = Las 100 más recientes.
portal-provider = Proveedor
portal-external-id = Identificador externo
portal-consent-end = Fin del consentimiento
portal-connection-connected = Conectada
portal-connection-revoked = Revocada
portal-connection-ended = Consentimiento vencido
portal-revoke = Revocar
portal-revoke-title = ¿Revocar esta conexión?
portal-revoke-what = Ya no se podrán exportar registros por ella y se avisa a la aplicación por webhook. Solo el paciente puede volver a conectarla.
portal-revoke-do = Revocar conexión
portal-revoke-keep = Conservarla
portal-revoke-was = Esta conexión ya está revocada.

# Exportaciones

portal-no-exports = Todavía no se pidió ninguna exportación.
portal-resources = Recursos
portal-failure = Motivo
portal-asked = Pedida
portal-deleted = Se borra el archivo
portal-export-pending = Pendiente
portal-export-success = Lista
portal-export-failed = Fallida
portal-export-expired = Borrada
portal-reason-token-refresh = El proveedor ya no acepta la identidad del paciente. El paciente debe verificarse de nuevo.
portal-reason-consent-revoked = La conexión se revocó antes de que llegaran los registros.
portal-reason-no-documents = El proveedor no tiene registros del paciente.
portal-reason-invalid-content = El proveedor envió algo que no se puede leer.
portal-reason-patient-failure = El proveedor ya no encuentra al paciente, o respondió con otra persona.
portal-reason-limit-exceeded = El proveedor envió más de lo que cabe en una exportación, o seguía enviando al cabo de media hora.
portal-reason-tefca-disabled = TEFCA se desactivó para esta organización antes de que llegaran los registros.
portal-reason-suppressed = Algo falló en el proveedor o en el camino. El registro del servidor dice más.

# Llamadas fallidas

portal-requests = Llamadas fallidas
portal-requests-hint = Llamadas con las claves de esta organización, o de sus pacientes en el widget, que fallaron. La más reciente primero, 100 por página. Se guardan 14 días, 5000 como máximo, sin nada de lo que llevaba cada llamada. No aparecen las llamadas con claves equivocadas.
portal-requests-choose = Elegir llamadas
portal-requests-id = ID de la solicitud
portal-requests-id-hint = Lo que la respuesta llamó x-request-id. Opcional.
portal-requests-filter = Mostrar estas llamadas
portal-requests-all = Mostrar todas las llamadas
portal-requests-newer = Llamadas más recientes
portal-requests-older = Llamadas anteriores
portal-no-requests = Ninguna llamada falló en los últimos 14 días.
portal-no-request-match = Ninguna llamada coincide. Revise lo que escribió.
portal-class = Estado
portal-class-all = Todos
portal-class-refused = 4xx: rechazada
portal-class-failed = 5xx: sin responder
portal-credential = Credencial
portal-credential-all = Todas
portal-call = Llamada
portal-answer = Respuesta
portal-why = Por qué
portal-why-client-id = El cuerpo nombra a otro cliente que las claves. Deje fuera client_id.
portal-why-tefca = TEFCA no está activado para este modo. Actívelo en «Datos».
portal-why-byoi = BYOI no está activado para este modo. Actívelo en «Datos».
portal-why-no-hcid = La organización no tiene HCID, así que ningún token de identidad puede ir dirigido a ella. Escríbalo en «Datos».
portal-why-request-uri = Una solicitud enviada no puede nombrar otra. Deje fuera request_uri.
portal-why-scope = El scope debe ser «openid profile email», quizá con «offline_access»; el de un cliente según FAPI 2.0 debe contener «openid».
portal-why-response-type = El response_type debe ser «code».
portal-why-audience = audience o resource nombra algo que no es esta API. Déjelo fuera.
portal-why-redirect-uri = La redirect_uri no está registrada para esta credencial. Déjela fuera o regístrela.
portal-why-idp = Falta idp o no nombra a ningún CSP de confianza. La primera página del portal indica cuáles lo son.
portal-why-no-token = Falta idp_id_token y la política de la credencial no activa la verificación de identidad aquí.
portal-why-keys = No se pudieron obtener las claves del CSP, así que no se pudo comprobar su firma. Inténtelo de nuevo. Si sigue igual, revise el CSP.
portal-why-email-mode = El correo electrónico del token no corresponde al modo: las claves de prueba solo aceptan pacientes sintéticos; las reales, solo pacientes reales.
portal-why-replayed = El token de identidad ya se había enviado, por otro cliente o donde cada token vale una sola vez. Obtenga uno nuevo.
portal-why-busy = Hubo demasiadas llamadas a la vez. Espere lo que indica Retry-After y repártalas.
portal-why-code-unknown = El código es desconocido o se hizo para otro cliente.
portal-why-code-redirect-uri = La redirect_uri no es la de la solicitud de autorización.
portal-why-code-verifier = El code_verifier no corresponde al code_challenge de la solicitud de autorización.
portal-why-code-spent = El código ya se usó o venció. Cada uno sirve una sola vez y durante un minuto.
portal-why-grant-type = El grant_type debe ser «authorization_code», «refresh_token» o «client_credentials».
portal-why-unreadable = La llamada no tenía la forma que se espera. Compare los parámetros, el tipo de contenido y el cuerpo con la guía.
portal-why-not-found = No hay nada con este ID en esta organización y este modo. Revise el ID y que la clave sea del modo correcto.
portal-why-connection-revoked = La conexión está revocada. El paciente debe conectarla de nuevo.
portal-why-consent-ended = El consentimiento del paciente terminó. El paciente debe conectar de nuevo.
portal-why-export-expired = El archivo de la exportación se borró. Pida una exportación nueva.
portal-why-provider = El inicio de sesión del proveedor no respondió. Inténtelo más tarde.
portal-why-session-ended = La sesión del paciente se usó con el ID público de otra credencial.
portal-why-test-mode-only = Solo las claves de prueba pueden hacer esto.
portal-why-request-object = Llegó un objeto de solicitud. Envíe los parámetros mismos.
portal-why-authorization-details = Llegó authorization_details, del que no se admite ningún tipo. Déjelo fuera.
portal-why-narrower-scope = El scope contiene más de lo que el paciente permitió. Pida eso o menos, o déjelo fuera.
portal-why-response-mode = El response_mode debe ser «query». Déjelo fuera.
portal-why-resource = resource no es un URI absoluto sin fragmento. Déjelo fuera o envíe la URL base.
portal-why-no-redirect-uri = La redirect_uri debe enviarse con la solicitud.
portal-why-code-challenge = El desafío PKCE falta o no tiene la forma correcta. Envíe code_challenge con code_challenge_method «S256».
portal-why-too-long = state, nonce, login_hint o dpop_jkt tiene más de 2048 bytes.
portal-why-prompt = prompt contiene un valor desconocido, o «none» junto a otro. Envíe none, login, consent o select_account.
portal-why-max-age = max_age debe ser un número de segundos.
portal-why-patient-id = patient_id requiere un punto de intercambio de tokens en la política de la credencial y ningún token de identidad a su lado.
portal-why-no-proofing = No llegó ningún token de identidad y no hay ningún CSP preparado para obtenerlo en este modo. La configuración necesita una entrada de proofing y, en modo real, correo.
portal-why-proofing-idp = No llegó ningún token de identidad y el servidor no es cliente del CSP que idp nombra. Deje fuera idp o agregue una entrada de proofing para él.
portal-why-exchange-unreachable = No se puede llegar al punto de intercambio de tokens del cliente. Debe responder en cinco segundos, por https.
portal-why-exchange-busy = El punto de intercambio de tokens del cliente pidió volver más tarde. Inténtelo cuando lo indique.
portal-why-exchange-refused = El punto de intercambio de tokens del cliente no entregó ningún token de identidad: no conoce al paciente o no acepta nuestra firma.
portal-why-exchange-unreadable = El punto de intercambio de tokens del cliente respondió algo que no es un token de identidad. Debe responder según RFC 8693.
portal-why-exchange-signing = No se pudo firmar nuestra aserción para el punto del cliente. El registro del servidor dice más.
portal-why-no-patient = El cliente no puede actuar sin un paciente. Su política puede permitir client_credentials.
portal-why-proof-missing = Hace falta una prueba DPoP: los tokens del cliente están ligados a una clave.
portal-why-proof = La prueba DPoP o dpop_jkt no es válida. Haga una prueba para cada solicitud, con su método, su URL, la hora actual y un jti nuevo.
portal-why-proof-nonce = A la prueba DPoP le falta un nonce vigente. Haga otra con el nonce del encabezado DPoP-Nonce.
portal-why-proof-replayed = La prueba DPoP ya se usó. Haga una para cada solicitud.
portal-why-proof-other-key = La prueba DPoP es de otra clave que aquella a la que está ligada la autorización. Use la clave con la que se envió la solicitud.
portal-why-refresh-unknown = El token de renovación es desconocido, de otro cliente, está vencido o fue revocado. El paciente debe iniciar sesión de nuevo.
portal-why-refresh-reused = El token de renovación ya se había usado, así que se revocó todo lo que salió de él. El paciente debe iniciar sesión de nuevo.
portal-why-link-invalid = El enlace de descarga no es nuestro o fue modificado. Tómelo del webhook tal como está.
portal-why-server = Algo falló en este servidor. Su registro dice más sobre esta solicitud.

# Registro de auditoría

portal-audit-hint = La más reciente primero, 100 líneas por página.
portal-audit-choose = Elegir líneas
portal-audit-request-hint = Solo las líneas de esta solicitud: el x-request-id de su respuesta. Opcional.
portal-audit-actor-hint = Solo las líneas de este ID público, o de operator, patient o worker. Opcional.
portal-audit-action-hint = Solo las líneas de esta acción, como par.refused. Opcional.
portal-audit-subject-hint = Solo las líneas sobre este ID. Opcional.
portal-filter = Mostrar estas líneas
portal-show-all = Mostrar todas las líneas
portal-no-audit-match = Ninguna línea coincide. Revise lo que escribió.
portal-pages = Páginas de la lista
portal-newer = Líneas más recientes
portal-older = Líneas anteriores
portal-no-audit = Todavía no pasó nada.
portal-time = Hora
portal-actor = Quién
portal-subject = A qué
portal-detail = Detalle
portal-request-id = Solicitud

# Un token bajo la lupa

portal-token-lint = Revisar un token
portal-token-lint-hint = Pegue un token de identidad para ver qué dicen las reglas y qué pedirle al CSP. Nada de lo que pegue se guarda ni se registra.
portal-token-text = Token de identidad
portal-token-text-hint = Tres partes unidas por puntos. La página no lo vuelve a mostrar.
portal-reveal = Mostrar los valores de los datos
portal-reveal-hint = Si no, los nombres, las fechas y las direcciones quedan ocultos.
portal-judge = Revisar el token
portal-token-another = Revisar otro token
portal-token-audience = Organización
portal-token-audience-hint = Su HCID debe figurar en el destinatario (aud) del token.
portal-token-any-audience = ninguna: no se compara el destinatario
portal-token-accepted-but = Aceptado, con observaciones
portal-token-nothing = No se pegó nada
portal-token-is-accepted = Aceptado
portal-token-is-refused = Rechazado
portal-token-not-judged = Sin juicio: no se puede comprobar la firma
portal-issuer = Emisor
portal-issuer-unknown = No es un CSP de confianza
portal-signature = Firma
portal-signature-good = Correcta
portal-signature-open = Sin comprobar: no se conocen las claves del emisor
portal-signature-no-keys = Sin comprobar: no se pueden obtener las claves del emisor.
portal-findings = Hallazgos
portal-no-findings = Ningún perfil tiene nada que señalar.
portal-rule = Regla
portal-meaning = Qué significa
portal-tell-csp = Qué pedirle al CSP
portal-grade-fine = Bien
portal-grade-note = Nota
portal-grade-warning = Advertencia
portal-grade-error = Error
portal-token-header = Encabezado
portal-token-claims = Datos
