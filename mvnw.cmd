@echo off
rem Runs Maven for Latchkey on Windows, as mvnw does elsewhere (its head says what that is): it finds a JDK 25, and has
rem an older Maven bring a newer one. There is no embedded PostgreSQL for Windows here: for quarkus:dev and verify use
rem WSL, or set QUARKUS_DATASOURCE_JDBC_URL, _USERNAME and _PASSWORD for quarkus:dev.
setlocal EnableExtensions DisableDelayedExpansion

set "MAVEN=3.9.16"
set "MAVEN_SHA512=831a8591fe20c8243b1dbe7d71e3244f31d1665b0804b2e825e38cbbe5ce0cafb8338851f90780735568773e0a6cd07bbec107cda0b896b008b861075358b6f6"
set "STORE=%USERPROFILE%\.m2\latchkey"
set "HOME_OF_MAVEN=%STORE%\apache-maven-%MAVEN%"

if defined JAVA_HOME call :check_jdk "%JAVA_HOME%" && goto jdk_found
for /d %%P in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu" "%ProgramFiles%\Amazon Corretto" "%ProgramFiles%\BellSoft" "%USERPROFILE%\.jdks" "%USERPROFILE%\scoop\apps") do (
    for /d %%J in ("%%~P\*") do call :check_jdk "%%~J" && goto jdk_found
)
echo mvnw: No JDK 25 found: install one (for example Eclipse Temurin), or set JAVA_HOME to where it is. 1>&2
exit /b 1

:jdk_found
set "MVN=%HOME_OF_MAVEN%\bin\mvn.cmd"
if exist "%MVN%" goto run
where /q mvn
if errorlevel 1 (
    echo mvnw: No Maven found: install one, for example with scoop or choco; any 3.x will do, a newer one is brought along. 1>&2
    exit /b 1
)
call mvn -version 2>nul | findstr /r /c:"Apache Maven 3\.9\." /c:"Apache Maven 3\.[1-9][0-9]" /c:"Apache Maven [4-9]\." >nul
if not errorlevel 1 (
    set "MVN=mvn"
    goto run
)

echo mvnw: Maven here is older than 3.9, so it brings Maven %MAVEN% from its registry into %STORE% (once). 1>&2
set "DRAFT=%STORE%\unpacking-%RANDOM%%RANDOM%"
mkdir "%DRAFT%" || exit /b 1
pushd "%DRAFT%"
call mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy "-Dartifact=org.apache.maven:apache-maven:%MAVEN%:tar.gz:bin" "-DoutputDirectory=%DRAFT%"
if errorlevel 1 (
    popd
    echo mvnw: Maven %MAVEN% cannot be brought: install Maven 3.9 or newer yourself. 1>&2
    goto give_up
)
popd
certutil -hashfile "%DRAFT%\apache-maven-%MAVEN%-bin.tar.gz" SHA512 | findstr /i /x "%MAVEN_SHA512%" >nul
if errorlevel 1 (
    echo mvnw: Maven %MAVEN% came with a wrong checksum and was thrown away. 1>&2
    goto give_up
)
tar -xzf "%DRAFT%\apache-maven-%MAVEN%-bin.tar.gz" -C "%DRAFT%" || goto give_up
if not exist "%HOME_OF_MAVEN%" move "%DRAFT%\apache-maven-%MAVEN%" "%HOME_OF_MAVEN%" >nul || goto give_up
rmdir /s /q "%DRAFT%"

:run
call "%MVN%" %*
exit /b %errorlevel%

:give_up
rmdir /s /q "%DRAFT%"
exit /b 1

:check_jdk
if not exist "%~1\bin\javac.exe" exit /b 1
findstr /b /r /c:"JAVA_VERSION=.25[^0-9]" "%~1\release" >nul 2>&1 || exit /b 1
set "JAVA_HOME=%~1"
exit /b 0
