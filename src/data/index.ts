export { type AugmentOptions, augment, defaultAugmentation, type Range } from './augment.ts'
export type { Catalogue, Skipped } from './catalogue.ts'
export { readFolderCatalogue } from './catalogue-folder.ts'
export { type CatalogueOptions, readCatalogue } from './catalogue-reader.ts'
export {
  type DecodeOptions,
  decodeImage,
  pictureFileLimitBytes,
  pictureLimitPixels,
} from './decode-image.ts'
export {
  type DownloadOptions,
  downloadFile,
  type Integrity,
} from './download/download-file.ts'
export { type RedirectRule, type RequestOptions, requestJson } from './download/request.ts'
export { fashionCatalogue } from './fashion/fashion-catalogue.ts'
export {
  type FashionAttribute,
  type FashionProduct,
  type FashionSet,
  fashionAttributes,
  findFashionSet,
  readFashionSet,
} from './fashion/read-fashion.ts'
export { type FashionSplit, fashionSplitOf, fashionSplits } from './fashion/split-fashion.ts'
export { type GroceryPhotos, groceryCatalogue } from './grocery-catalogue.ts'
export type { GroceryClass } from './grocery-classes.ts'
export { groceryPairs } from './grocery-pairs.ts'
export {
  findGroceryStore,
  type GroceryPhoto,
  type GrocerySplit,
  type GroceryStore,
  grocerySplits,
  readGroceryStore,
} from './grocery-store.ts'
export {
  composeHomographies,
  corners,
  type Homography,
  homographyFromCorners,
  identityHomography,
  mapPoint,
  type Point,
  type Quad,
} from './homography.ts'
export { type HubPixels, hubPixels } from './hub/hub-pixels.ts'
export {
  type HubPreprocessing,
  type HubResize,
  hubPreprocessingSchema,
  readHubPreprocessing,
} from './hub/hub-preprocessing.ts'
export { type LoadedPairs, loadPairs } from './lfw/load-pairs.ts'
export type { FacePair } from './lfw/parse-pairs.ts'
export { type LfwView, readLfw } from './lfw/read-lfw.ts'
export { type PairSplit, splitPairs } from './lfw/split-pairs.ts'
export { changeLight, type Light } from './light.ts'
export { type ListOptions, listPictures, type PictureListing } from './list-pictures.ts'
export { mirrorPicture } from './mirror-picture.ts'
export type { Picture } from './picture.ts'
export { type PkOptions, pkBatches } from './pk-sampler.ts'
export {
  middleOf,
  type Preprocessing,
  picturesToTensor,
  preprocessingSchema,
} from './preprocess.ts'
export type { Product, ProductPicture } from './product.ts'
export { type Box, cropPicture, type ResizeKernel, resizePicture } from './resize.ts'
export { makeSampleShop, type SampleShopOptions } from './sample-shop/make-sample-shop.ts'
export { readSampleShop, type SampleShop } from './sample-shop/read-sample-shop.ts'
export type { Appearance } from './sample-shop/shop-video.ts'
export { type GetSetOptions, type GotSet, getSet } from './sets/get-set.ts'
export { type PublicSet, publicSets } from './sets/public-sets.ts'
export {
  type FileThumbnails,
  fileThumbnails,
  type Thumbnail,
  thumbnailOf,
} from './thumbnail.ts'
export { unpackTar } from './unpack/unpack-tar.ts'
export { type OpenVideoOptions, openVideo, type Video, type VideoPicture } from './video-reader.ts'
export { type VideoCodecName, type WriteVideoOptions, writeVideo } from './video-writer.ts'
export { type WarpOptions, warpPerspective } from './warp-perspective.ts'
export type { WebPictures } from './web/fetch-pictures.ts'
