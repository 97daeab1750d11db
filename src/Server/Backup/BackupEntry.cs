using System.Security.Cryptography;

namespace Sallyport.Server.Backup;

/// <summary>Names within a backup: a tar file (POSIX.1-2001, pax) compressed by zstd.</summary>
internal static class BackupEntry
{
    public const string Manifest = "backup.json";
    public const string Key = "keys/master.key";
    public const string RowsPrefix = "rows/";
    public const string RowsSuffix = ".ndjson";
    public const string ObjectPrefix = "recordings/";
    public const string End = "end.json";

    public static string RowsOf(string table) => $"{RowsPrefix}{table}{RowsSuffix}";

    /// <summary>The name in the store of recordings that an entry stands for; null when it is no such name.</summary>
    public static string? ObjectOf(string entry)
    {
        var name = entry.StartsWith(ObjectPrefix, StringComparison.Ordinal) ? entry[ObjectPrefix.Length..] : "";
        return name.Split('/').Any(part => part is "" or "." or "..") || name.Contains('\0', StringComparison.Ordinal) ? null : name;
    }

    /// <summary>Which master key a file holds, without telling it; null when there is no file.</summary>
    public static string? KeyId(string path) => File.Exists(path)
        ? Convert.ToHexStringLower(HMACSHA256.HashData(File.ReadAllBytes(path), "sallyport master key"u8))
        : null;
}
