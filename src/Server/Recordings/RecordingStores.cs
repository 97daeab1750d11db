using Sallyport.Server.Configuration;

namespace Sallyport.Server.Recordings;

/// <summary>Which store of recordings the settings mean.</summary>
internal static class RecordingStores
{
    public static IRecordingStore Open(ServerSettings settings) => settings.Bucket is null
        ? new FolderRecordings(Path.Combine(settings.DataFolder, "recordings"))
        : new BucketRecordings(settings.Bucket);
}
