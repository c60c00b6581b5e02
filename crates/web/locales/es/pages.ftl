# Páginas del servidor, sin el widget ni la verificación del entorno de pruebas.

language-label = Idioma
opens-new-tab = se abre en otra pestaña
test-banner = Esto es una prueba. No hay pacientes ni registros reales.
date-in-words =
    { $day } de { $month ->
        [January] enero
        [February] febrero
        [March] marzo
        [April] abril
        [May] mayo
        [June] junio
        [July] julio
        [August] agosto
        [September] septiembre
        [October] octubre
        [November] noviembre
       *[December] diciembre
    } de { $year }

# Consentimiento

consent-page-title = Compartir sus registros médicos
consent-title = ¿Compartir sus registros médicos con { $name }?
consent-hello = Hola, { $name }.
consent-what = Qué se comparte
consent-what-intro = Todo lo que tienen registrado sobre usted los médicos, hospitales, laboratorios y seguros que usted elija:
consent-what-conditions = Enfermedades y diagnósticos
consent-what-medicines = Medicinas
consent-what-allergies = Alergias
consent-what-vaccines = Vacunas
consent-what-results = Resultados de análisis y pruebas
consent-what-procedures = Procedimientos y cirugías
consent-what-visits = Consultas y hospitalizaciones
consent-what-notes = Notas de su equipo médico
consent-what-sensitive = Puede incluir temas delicados, como la salud mental, la salud sexual y el consumo de drogas o alcohol.
consent-find = Cómo se buscan sus registros
consent-find-text = Enviamos su nombre, fecha de nacimiento, dirección, teléfono y correo electrónico verificados a las organizaciones de salud de la red. Cada una revisa si lo conoce. Después usted elige cuáles compartir.
consent-long = Por cuánto tiempo
consent-long-text = Hasta el { $date }. Durante ese tiempo, { $name } también puede recibir registros nuevos.
consent-stop = Cómo dejar de compartir
consent-stop-text = Puede dejar de compartir en cualquier momento. Solo avise a { $name }. Los registros que ya tiene quedan bajo su política de privacidad.
consent-privacy = Política de privacidad
consent-terms = Condiciones de uso
consent-allow = Permitir
consent-deny = No permitir
consent-deny-note = Si no lo permite, no se comparte nada.

# Problemas

problem-unknown-client-title = No conocemos la aplicación que lo envió aquí
problem-unknown-client-what = La aplicación dio un identificador que no se usa en este servidor.
problem-unknown-client-next = Vuelva a la aplicación y avise al equipo de ayuda de la aplicación. No se compartió nada.
problem-redirect-uri-title = La aplicación dio una dirección de regreso equivocada
problem-redirect-uri-what = No podemos llevarlo de vuelta a la aplicación, porque la dirección que dio no está registrada aquí.
problem-redirect-uri-next = Vuelva a la aplicación y avise al equipo de ayuda de la aplicación. No se compartió nada.
problem-request-uri-title = Esta solicitud ya no se puede usar
problem-request-uri-what = Por su seguridad, cada solicitud sirve una sola vez y por poco tiempo. Tal vez usted ya la contestó, o la solicitud ya venció.
problem-request-uri-next = Vuelva a la aplicación. Si sus registros todavía no están conectados, empiece de nuevo.
problem-nothing-to-decide-title = Ya no queda nada por decidir
problem-nothing-to-decide-what = Usted ya contestó esta pregunta, o pasó demasiado tiempo.
problem-nothing-to-decide-next = Vuelva a la aplicación. Si sus registros todavía no están conectados, empiece de nuevo.
problem-inquiry-ended-title = Esta verificación de identidad ya terminó
problem-inquiry-ended-what = Ya se había completado, o pasó demasiado tiempo.
problem-inquiry-ended-next = Vuelva a la aplicación y empiece de nuevo.
problem-proofing-not-configured-title = Aquí no se puede verificar la identidad
problem-proofing-not-configured-what = Este servidor no está preparado para verificar la identidad de personas reales.
problem-proofing-not-configured-next = Vuelva a la aplicación y avise al equipo de ayuda de la aplicación.
problem-sign-in-title = No se pudo iniciar sesión
problem-sign-in-what = La organización de salud no confirmó su inicio de sesión, o tardó demasiado.
problem-sign-in-next = Cierre esta ventana e inténtelo de nuevo. No se compartió nada de allí.
problem-another-person-title = Esta cuenta es de otra persona
problem-another-person-what = La cuenta en la que inició sesión es de una persona con otro nombre u otra fecha de nacimiento.
problem-another-person-next = Cierre esta ventana e inicie sesión en su propia cuenta. No se compartió nada de allí.
problem-account-of-another-title = Esta verificación corresponde a la cuenta de otra persona
problem-account-of-another-what = Su cuenta en la aplicación está ligada a una persona con otro nombre u otra fecha de nacimiento que la que usted acaba de demostrar. Por eso no se aceptó esta verificación y no se compartió nada.
problem-account-of-another-next = Vuelva a la aplicación y compruebe que inició sesión con su propia cuenta y no con la de alguien más. Si es la suya y su nombre cambió, avise al equipo de ayuda de la aplicación.
problem-back-to-app = Volver a la aplicación
problem-code = Para el equipo de ayuda de la aplicación: { $code }
problem-proofing-elsewhere-title = Esta verificación de identidad no empezó aquí
problem-proofing-elsewhere-what = Por su seguridad, una verificación de identidad cuenta solo en la ventana del navegador que la empezó. Esta respuesta es de otro navegador o de un intento anterior. No se aceptó y no se compartió nada.
problem-proofing-elsewhere-next = Si alguien le envió un enlace a esta verificación, cierre esta ventana. Si no, vuelva a la aplicación y empiece de nuevo.
problem-proofing-lapsed-title = La verificación de identidad tardó demasiado
problem-proofing-lapsed-what = Por su seguridad, hay cuarenta minutos para demostrar quién es. No se compartió nada.
problem-proofing-lapsed-next = Vuelva a la aplicación y empiece de nuevo.
problem-proofing-over-title = Esta verificación de identidad ya terminó
problem-proofing-over-what = Ya se completó o se detuvo. O después empezó varias otras en este navegador, o el navegador no guarda cookies.
problem-proofing-over-next = Vuelva a la aplicación. Si sus registros aún no están conectados, empiece de nuevo.
problem-too-many-title = Hay demasiadas solicitudes en este momento
problem-too-many-what = Desde su red se hicieron más solicitudes de las que este servidor permite a la vez.
problem-too-many-next = Espere un minuto y vuelva a intentarlo.
problem-bad-request-title = No pudimos leer esta solicitud
problem-bad-request-what = Le falta algo, o tiene algo que no corresponde.
problem-bad-request-next = Vuelva a la aplicación y empiece de nuevo. Si vuelve a pasar, avise al equipo de ayuda de la aplicación.
problem-server-error-title = Algo falló de nuestro lado
problem-server-error-what = No es culpa suya. No pudimos terminar lo que pidió.
problem-server-error-next = Espere un minuto, vuelva a la aplicación e inténtelo de nuevo.
problem-not-found-title = Esta página no existe
problem-not-found-what = Puede que la dirección esté mal escrita o que la página haya cambiado de lugar.
problem-not-found-next = Revise la dirección o vuelva a la aplicación.

# Página de inicio y página después del consentimiento

landing-title = OpenIAS
landing-what = Este servidor permite a las personas obtener sus propios registros médicos a través de la red TEFCA y compartirlos con una aplicación de su confianza. Lo aloja la misma organización que lo administra.
landing-patients = Si quiere compartir sus registros
landing-patients-text = Empiece en la aplicación con la que quiere compartirlos. Ella lo traerá aquí en el momento justo.
landing-operators = Si usted administra este servidor
landing-portal = Portal de administración
landing-health = Estado del servidor
callback-title = Ya terminó aquí
callback-text = Puede cerrar esta ventana y volver a la aplicación.

signed-in-title = Ya inició sesión
signed-in-what = { $name } ya está conectado.
signed-in-next = Puede cerrar esta ventana y seguir donde estaba.

signed-out-title = Cerró su sesión
signed-out-what = Su sesión aquí terminó. La aplicación conserva lo que ya recibió, y los proveedores que usted conectó siguen conectados.
signed-out-offline = Usted permitió que la aplicación vuelva a entrar sin usted. Todavía puede hacerlo, hasta que venza ese permiso. Para terminarlo antes, pídaselo a la aplicación.
signed-out-next = Puede cerrar esta ventana.

nothing-ended-title = No se cerró ninguna sesión
nothing-ended-what = No pudimos saber qué sesión cerrar, así que no cambió nada.
nothing-ended-next = Vuelva a la aplicación y cierre la sesión allí.
