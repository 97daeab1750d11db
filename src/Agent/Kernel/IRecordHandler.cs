using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Agent.Kernel;

/// <summary>Takes the records of both rings, in the order of each.</summary>
internal interface IRecordHandler
{
    /// <summary>One record; the bytes are the ring's own and gone after the call.</summary>
    void Handle(RecordRing ring, ReadOnlySpan<byte> record);
}
