using System.Net;
using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Recordings;

/// <summary>Recordings in an S3-compatible bucket.</summary>
internal sealed class BucketRecordings : IRecordingStore, IDisposable
{
    // What S3 removes in one request.
    private const int RemovedAtOnce = 1000;

    private readonly AmazonS3Client client;
    private readonly string bucket;

    public BucketRecordings(BucketSettings settings)
    {
        bucket = settings.Name;
        var config = new AmazonS3Config
        {
            ForcePathStyle = settings.ServiceUrl is not null,
            AuthenticationRegion = settings.Region,
            // Stores that are not Amazon's know no checksums in trailers.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (settings.ServiceUrl is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(settings.Region);
        }
        else
        {
            config.ServiceURL = settings.ServiceUrl.ToString();
        }

        client = settings.AccessKey is null
            ? new AmazonS3Client(config)
            : new AmazonS3Client(new BasicAWSCredentials(settings.AccessKey, settings.SecretKey), config);
    }

    public async Task PutAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        using var stream = new MemoryStream(bytes.ToArray(), writable: false);
        var request = new PutObjectRequest { BucketName = bucket, Key = name, InputStream = stream, UseChunkEncoding = false };
        await client.PutObjectAsync(request, cancellation);
    }

    public async Task PutFileAsync(string name, string path, CancellationToken cancellation)
    {
        var request = new PutObjectRequest { BucketName = bucket, Key = name, FilePath = path, UseChunkEncoding = false };
        await client.PutObjectAsync(request, cancellation);
    }

    public async Task<Stream?> OpenAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var response = await client.GetObjectAsync(bucket, name, cancellation);
            return response.ResponseStream;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task RemoveAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        foreach (var some in names.Chunk(RemovedAtOnce))
        {
            var request = new DeleteObjectsRequest { BucketName = bucket, Objects = [.. some.Select(name => new KeyVersion { Key = name })] };
            await client.DeleteObjectsAsync(request, cancellation);
        }
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        ListObjectsV2Response page;
        do
        {
            page = await client.ListObjectsV2Async(request, cancellation);
            foreach (var item in page.S3Objects ?? [])
            {
                yield return new StoredObject(item.Key, item.Size ?? 0, item.ETag ?? "");
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    public void Dispose() => client.Dispose();
}
