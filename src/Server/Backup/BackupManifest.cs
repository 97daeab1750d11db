using System.Collections.Immutable;

namespace Sallyport.Server.Backup;

/// <summary>The first entry of a backup, <c>backup.json</c>.</summary>
/// <param name="Format">Of the file; this version writes and reads <see cref="CurrentFormat"/>.</param>
/// <param name="ServerVersion">That made it.</param>
/// <param name="Made">When.</param>
/// <param name="Scripts">Of Store/Migrations that its rows have been through.</param>
/// <param name="MasterKeyId">Tells master keys apart without telling them; null when there was none.</param>
/// <param name="HasKeys">Whether the master key is in the backup.</param>
/// <param name="HasRecordings">Whether recordings and reports are.</param>
internal sealed record BackupManifest(
    int Format, string ServerVersion, DateTimeOffset Made, ImmutableArray<string> Scripts, string? MasterKeyId, bool HasKeys, bool HasRecordings)
{
    public const int CurrentFormat = 1;
}
