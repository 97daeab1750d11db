using Sallyport.Server.Configuration;

namespace Sallyport.Server.Recordings;

/// <summary>Which store of recordings the settings mean.</summary>
internal static class RecordingStores
{
    public static IRecordingStore Open(ServerSettings settings) => settings.Bucket is null
        ? new FolderRecordings(settings.RecordingsFolder)
        : new BucketRecordings(settings.Bucket);
}
