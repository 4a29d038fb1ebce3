/// Dumps as `pg_dump`, `mysqldump` and others write them.
enum SQLDumpExample {
  private static func dump(_ lines: String...) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }

  private static let vector = "[" + (0..<16).map { "0.\(1000 + 37 * $0)" }.joined(separator: ",") + "]"

  static let positives: [DetectorExample] = [
    DetectorExample("Immich, from PostgreSQL", expected: ["biometric.database proof x2"]) {
      dump(
        "--", "-- PostgreSQL database dump", "--", "SET client_encoding = 'UTF8';",
        "CREATE TABLE public.face_search (", "    \"faceId\" uuid NOT NULL,",
        "    embedding public.vector(512) NOT NULL", ");",
        "COPY public.face_search (\"faceId\", embedding) FROM stdin;",
        "0f2c1a6e-7d11-4b6e-9a55-3c1d2e4f5a6b\t\(vector)", "1f2c1a6e-7d11-4b6e-9a55-3c1d2e4f5a6b\t\(vector)", "\\.")
    },
    DetectorExample("PhotoPrism, from MariaDB", expected: ["biometric.database proof x2"]) {
      dump(
        "-- MariaDB dump 10.19", "DROP TABLE IF EXISTS `markers`;",
        "CREATE TABLE `markers` (", "  `marker_uid` varbinary(42) NOT NULL,", "  `subj_uid` varbinary(42) DEFAULT '',",
        "  `embeddings_json` mediumblob DEFAULT NULL,", "  PRIMARY KEY (`marker_uid`)", ") ENGINE=InnoDB;",
        "INSERT INTO `markers` VALUES ('m1','s1','[\(vector)]'),('m2','s2','[\(vector)]'),('m3','s3',NULL);")
    },
    DetectorExample("a gallery of our own making, from SQL Server", expected: ["biometric.database strong x3"]) {
      dump(
        "USE [People]", "CREATE TABLE [dbo].[FaceTemplates]([Id] [int] NOT NULL, [Template] [varbinary](max) NULL)",
        "GO",
        "INSERT [dbo].[FaceTemplates] ([Id], [Template]) VALUES (1, 0x00112233445566778899AABBCCDDEEFF)",
        "INSERT [dbo].[FaceTemplates] ([Id], [Template]) VALUES (2, 0x10112233445566778899AABBCCDDEEFF)",
        "INSERT [dbo].[FaceTemplates] ([Id], [Template]) VALUES (3, 0x20112233445566778899AABBCCDDEEFF)")
    },
    DetectorExample("a schema without rows", expected: ["biometric.database weak x1"]) {
      dump("CREATE TABLE people (name text, face_encoding bytea);", "CREATE INDEX i ON people (name);")
    },
  ]

  static let negatives: [DetectorExample] = [
    DetectorExample("an address book") {
      dump(
        "CREATE TABLE people (name text, street text);",
        "INSERT INTO people VALUES ('A person of that name', 'B street, long name');")
    },
    DetectorExample("templates of letters") {
      dump(
        "CREATE TABLE letters (id int, template text);",
        "INSERT INTO letters VALUES (1, 'Dear Sir or Madam, thank you');")
    },
    DetectorExample("names of columns in a value") {
      dump(
        "CREATE TABLE notes (id int, note text);",
        "INSERT INTO notes VALUES (1, 'face_encoding, face_template, iris_code');")
    },
  ]
}
